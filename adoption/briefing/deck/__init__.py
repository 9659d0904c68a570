"""The deck: a briefing as a PowerPoint file, on our master or an organisation's template."""

from adoption.briefing.deck.slides import as_pptx
from adoption.briefing.deck.template import TemplateError

__all__ = ["TemplateError", "as_pptx"]
