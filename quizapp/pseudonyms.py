"""Made-up names for classrooms where nobody types one: a friendly animal and a number."""

import secrets
from collections.abc import Collection

ANIMALS = (
    "Alpaca", "Badger", "Beaver", "Bison", "Bunny", "Camel", "Chipmunk", "Cormorant", "Crane",
    "Curlew", "Deer", "Dolphin", "Dormouse", "Duckling", "Eagle", "Falcon", "Ferret", "Finch",
    "Fox", "Gazelle", "Giraffe", "Hamster", "Hare", "Hedgehog", "Heron", "Ibex", "Impala",
    "Jackdaw", "Kestrel", "Kingfisher", "Kiwi", "Koala", "Lark", "Lemur", "Llama", "Lynx",
    "Magpie", "Marmot", "Meerkat", "Moose", "Narwhal", "Newt", "Okapi", "Osprey", "Otter",
    "Owl", "Panda", "Pelican", "Penguin", "Plover", "Puffin", "Quail", "Rabbit", "Raven",
    "Robin", "Seal", "Sparrow", "Squirrel", "Stork", "Swallow", "Tapir", "Tern", "Tortoise",
    "Toucan", "Turtle", "Walrus", "Wombat", "Wren", "Zebra",
)  # fmt: skip
NUMBERS = range(1, 100)


def draw(taken: Collection[str]) -> str:
    """Return a name such as Otter-17 that is not among `taken` (lower case, as compared).

    An animal that nobody has comes first, so that few in a class are told apart by a number
    alone. Raises LookupError when every name is taken.
    """
    in_use = {name.partition("-")[0] for name in taken}
    animals = [animal for animal in ANIMALS if animal.lower() not in in_use] or ANIMALS
    free = [
        name
        for name in (f"{animal}-{number}" for animal in animals for number in NUMBERS)
        if name.lower() not in taken
    ]
    if not free:
        raise LookupError("every made-up name is taken")
    return secrets.choice(free)
