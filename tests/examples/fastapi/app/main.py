"""Notes over HTTP.

The database decides who sees what: each request runs in one transaction, as the role `app_user`, with the signed-in
user's id where the policies look for it. What is taken in is checked by the shapes that the schema's constraints became.
"""

import os
from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import Depends, FastAPI, HTTPException, Query, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from app import shapes
from app.models import Notes

engine = sa.create_engine(sa.make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg"))
app = FastAPI(title="Notes")


def signed_in(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> Iterator[Session]:
    """A transaction as the user whose token was sent. What it reaches is what row-level security leaves him."""
    with Session(engine) as session, session.begin():
        user = session.scalar(sa.select(sa.func.private.user_of(credentials.credentials)))
        if user is None:
            raise HTTPException(status.HTTP_401_UNAUTHORIZED, "sign in again")
        session.execute(sa.text("set local role app_user"))
        session.execute(sa.select(sa.func.set_config("app.user_id", str(user), True)))
        yield session


# It commits before the answer is sent, so that nobody is told of what did not happen.
SignedIn = Annotated[Session, Depends(signed_in, scope="function")]

# What a client may set; the rest is the database's, which grants no more.
INSERTABLE = {"title", "body"}
UPDATABLE = {"title", "body", "done_at"}


@app.get("/notes")
def list_notes(session: SignedIn, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> list[shapes.Notes]:
    """The newest notes first."""
    query = sa.select(Notes).order_by(Notes.created_at.desc(), Notes.id).limit(limit)
    return [shapes.Notes.model_validate(note) for note in session.scalars(query)]


@app.post("/notes", status_code=status.HTTP_201_CREATED)
def add_note(session: SignedIn, note: shapes.NotesInsert) -> shapes.Notes:
    """Keeps a note."""
    values = only(note.model_dump(exclude_unset=True), INSERTABLE)
    added = session.scalars(sa.insert(Notes).values(values).returning(Notes)).one()
    return shapes.Notes.model_validate(added)


@app.patch("/notes/{id}")
def change_note(session: SignedIn, id: UUID, change: shapes.NotesUpdate) -> shapes.Notes:
    """Changes what is named, and leaves the rest."""
    values = only(change.model_dump(exclude_unset=True), UPDATABLE)
    if not values:
        raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, "nothing is to be changed")
    query = sa.update(Notes).where(Notes.id == id).values(values).returning(Notes)
    changed = session.scalars(query).one_or_none()
    if changed is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "there is no such note")
    return shapes.Notes.model_validate(changed)


@app.delete("/notes/{id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_note(session: SignedIn, id: UUID) -> None:
    """Forgets a note."""
    if session.scalars(sa.delete(Notes).where(Notes.id == id).returning(Notes.id)).one_or_none() is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "there is no such note")


def only(values: dict[str, object], allowed: set[str]) -> dict[str, object]:
    """The values, where all of them may be set."""
    if values.keys() <= allowed:
        return values
    names = ", ".join(sorted(values.keys() - allowed))
    raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, f"not yours to set: {names}")
