"""Types of the user's own, which the configuration names."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import DeclarativeBase


class Meta(BaseModel):
    """What a JSON column holds."""

    colour: str


class Model(BaseModel):
    """A base of the user's for models."""

    model_config = ConfigDict(frozen=True)


class Base(DeclarativeBase):
    """A base of the user's for mapped classes."""

    def shown(self) -> dict[str, Any]:
        """Everything of a row."""
        return dict(vars(self))
