"""Response headers that keep a page to itself."""

from django.conf import settings


def content_security_policy(get_response):
    """Allow what is this installation's own, and the base map and the media server that the settings name."""
    extra = []
    for address in (
        settings.ANLAN.basemap_xyz,
        settings.ANLAN.basemap_pmtiles,
        settings.ANLAN.live_url,
        settings.ANLAN.media_server,
    ):
        if address.startswith("http"):
            extra.append("/".join(address.split("/")[:3]).replace("{s}", "*"))
    outside = " ".join(extra)

    def middleware(request):
        response = get_response(request)
        host = request.get_host().rsplit(":", 1)[0]
        live = f"{request.scheme}://{host}:{settings.ANLAN.live_port}"
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
            f"img-src 'self' data: blob: {outside}; connect-src 'self' {live} {outside}; worker-src 'self' blob:; "
            f"media-src 'self' blob: {outside}; "
            "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
        )
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        return response

    return middleware
