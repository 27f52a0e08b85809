from django.apps import AppConfig


class ExercisesConfig(AppConfig):
    name = "anlan.areas.drills.exercises"
    label = "exercises"
