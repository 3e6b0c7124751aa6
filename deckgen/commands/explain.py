"""`explain`: what a code means."""

from __future__ import annotations

import click


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Print what a code means, or list all codes, or those of a group.

    \b
    Example:
      deckgen explain B01
    """
    from deckgen.showing.explain import page, pages

    group = (code or "").upper()
    if len(group) < 2:
        titles = [text.partition("\n")[0] for name, text in pages().items() if name.startswith(group)]
        if titles:
            click.echo("\n".join(titles))
            return
    text = page(group)
    if text is None:
        raise click.UsageError(f"there is no code {code}; `deckgen explain` lists all")
    click.echo(text)
