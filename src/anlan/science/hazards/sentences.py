"""Sentences that models compose (说明、建议): Chinese text that can be said in another language.

A sentence is a `str`, so whoever only wants the text takes it as it is; with it go the template and the values that it
was made from. The template is its own key in a catalogue of translations, as every text of a model is.

>>> note = tell("范围为 {reach:.0f} m，物质为{what}。", reach=12.4, what="氨")
>>> note
'范围为 12 m，物质为氨。'
>>> english = {note.template: "Reach {reach:.0f} m, substance {what}.", "氨": "ammonia"}
>>> said(parts(note), lambda text: english.get(text, text))
'Reach 12 m, substance ammonia.'
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

#: Between the items of a list.
COMMA = "、"


class Sentence(str):
    """A composed text, with what it was composed from."""

    template: str
    values: Mapping[str, Any]


def tell(template: str, **values: Any) -> str:
    """Compose a sentence; values are numbers, texts, lists of texts, or sentences."""
    plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in values.items()}
    made = Sentence(_filled(template, plain, lambda text: text))
    made.template, made.values = template, plain
    return made


def parts(text: str) -> Any:
    """A text as JSON values: a composed one keeps its template and values."""
    if not isinstance(text, Sentence):
        return str(text)
    return {
        "text": str(text),
        "template": text.template,
        "values": {name: _kept(value) for name, value in text.values.items()},
    }


def said(told: Any, translate: Callable[[str], str]) -> str:
    """What `parts` kept, in the language of `translate`; the text as it was composed where a translation does not fit."""
    if isinstance(told, Sentence):
        told = parts(told)
    if not isinstance(told, Mapping):
        return translate(str(told)) if told else ""
    try:
        return _filled(translate(told["template"]), told["values"], translate)
    except (KeyError, IndexError, ValueError, TypeError):
        return str(told["text"])


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return parts(value)
    return [_kept(one) for one in value] if isinstance(value, list | tuple) else value


def _filled(template: str, values: Mapping[str, Any], translate: Callable[[str], str]) -> str:
    def word(value: Any) -> Any:
        if isinstance(value, str | Mapping):
            return said(value, translate)
        return translate(COMMA).join(word(one) for one in value) if isinstance(value, list | tuple) else value

    return template.format(**{name: word(value) for name, value in values.items()})
