"""How questions are put."""

from types import ModuleType

from deckgen.checks.question import (
    ageing_words,
    dangling_pronoun,
    multiple_choice,
    negated_question,
    no_question_mark,
    open_ended_answer,
    page_bound_words,
    two_questions,
    unexplained_abbreviation,
    vague_answer,
    vague_command,
    yes_no_question,
)

RULES: tuple[ModuleType, ...] = (
    ageing_words,
    dangling_pronoun,
    multiple_choice,
    negated_question,
    no_question_mark,
    open_ended_answer,
    page_bound_words,
    two_questions,
    unexplained_abbreviation,
    vague_answer,
    vague_command,
    yes_no_question,
)
