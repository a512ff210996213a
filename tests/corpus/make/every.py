"""All cases, by the file that they stand in."""

from . import browsers, clients, crawlers, impostors, networks, oddities, pages, paths, spoofs

MAKERS = [browsers, clients, crawlers, impostors, networks, oddities, pages, paths]


def every() -> dict[str, list]:
    """The cases of each file, without their expectations."""
    made = {maker.__name__.split(".")[-1]: maker.cases() for maker in MAKERS}
    made["spoofs"] = spoofs.cases([case for cases in made.values() for case in cases])
    return made
