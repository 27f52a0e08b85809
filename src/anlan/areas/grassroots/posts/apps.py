from django.apps import AppConfig


class GrassrootsPostsConfig(AppConfig):
    name = "anlan.areas.grassroots.posts"
    label = "service_posts"
