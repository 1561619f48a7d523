"""Nix texts for editors, formatters, and other tools. See docs/source.md.

`Document` is where to begin. It has the tokens of any text, the tree, what is wrong, and what names mean;
`PartialEvaluator` and `complete` say what expressions in it are worth, and how it can go on.
"""

from __future__ import annotations

from tvix_eval.source.completion import Completion, complete, selected
from tvix_eval.source.document import Document, Problem
from tvix_eval.source.evaluating import Attribute, PartialEvaluator, Value
from tvix_eval.source.names import Definition, NameTable
from tvix_eval.source.positions import Lines, Span
from tvix_eval.source.tokens import TOKEN_KINDS, Token, Trivia
from tvix_eval.source.tree import FIELDS, NODE_KINDS, Node

__all__ = [
    "FIELDS",
    "NODE_KINDS",
    "TOKEN_KINDS",
    "Attribute",
    "Completion",
    "Definition",
    "Document",
    "Lines",
    "NameTable",
    "Node",
    "PartialEvaluator",
    "Problem",
    "Span",
    "Token",
    "Trivia",
    "Value",
    "complete",
    "selected",
]
