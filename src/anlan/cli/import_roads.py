"""`anlan import-roads`: put a road network to use, from GeoJSON, Shapefile or OpenStreetMap."""

import argparse
from pathlib import Path

HELP = "put a road network to use: GeoJSON, Shapefile or OpenStreetMap (.osm.pbf)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, what it is called, and where it comes from."""
    parser.add_argument("file", type=Path, help="a .geojson, .shp, .osm.pbf or .osm file in degrees (CGCS2000, WGS-84)")
    parser.add_argument("--title", default="", help="what the network is called (the file's name)")
    parser.add_argument("--source", default="", help="who made it, when, under which terms")
    parser.add_argument("--synthetic", action="store_true", help="mark it on every page as not the real roads")


def run(options: argparse.Namespace) -> int:
    """Print what was kept; exit status 2 with the reason where the file cannot be used."""
    import django

    django.setup()
    from django.conf import settings

    from anlan.foundation.places.models import Area
    from anlan.foundation.roads.reading import RoadFileError
    from anlan.foundation.roads.services import import_network

    city = Area.objects.filter(pk=settings.ANLAN.city).first()
    if city is None:
        print("the city is not loaded yet: run `anlan setup` first")
        return 2
    try:
        kept = import_network(
            actor="import-roads", path=options.file, area=city, title=options.title, source=options.source,
            is_synthetic=options.synthetic,
        )  # fmt: skip
    except RoadFileError as error:
        print(error)
        return 2
    print(f"{kept.title}: {kept.nodes} nodes, {kept.edges} edges, {kept.length_km} km; {kept.notes}")
    return 0
