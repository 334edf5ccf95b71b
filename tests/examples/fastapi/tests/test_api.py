"""Two people and their notes, against a real PostgreSQL: `python -m unittest`.

`DATABASE_URL` is the database as `api` signs in, `ADMIN_URL` as its owner does, who adds the people.
"""

import os
import unittest
from datetime import datetime, timezone
from uuid import uuid4

import psycopg
from fastapi.testclient import TestClient

from app.main import app, engine


def person(name: str) -> dict[str, str]:
    """Adds somebody who has signed in; gives the headers that say so."""
    token = str(uuid4())
    with psycopg.connect(os.environ["ADMIN_URL"]) as admin:
        admin.execute(
            "with added as (insert into users (name) values (%s) returning id)"
            " insert into private.sessions select sha256(convert_to(%s, 'UTF8')), id, now() + '1 hour' from added",
            (name, token),
        )
    return {"authorization": f"Bearer {token}"}


class Api(unittest.TestCase):
    client: TestClient

    @classmethod
    def setUpClass(cls) -> None:
        cls.client = TestClient(app)
        cls.addClassCleanup(engine.dispose)

    def test_notes_are_their_owners(self) -> None:
        ada, bob = person("Ada"), person("Bob")
        added = self.client.post("/notes", json={"title": "Engine"}, headers=ada)
        self.assertEqual(added.status_code, 201, added.text)
        note = added.json()
        self.assertEqual((note["title"], note["body"], note["done_at"]), ("Engine", "", None))
        one = f"/notes/{note['id']}"
        self.assertEqual(self.client.get("/notes", headers=ada).json(), [note])
        self.assertEqual(self.client.get("/notes", headers=bob).json(), [])
        self.assertEqual(self.client.patch(one, json={"body": "mine"}, headers=bob).status_code, 404)
        self.assertEqual(self.client.delete(one, headers=bob).status_code, 404)
        done = datetime.now(timezone.utc).isoformat()
        changed = self.client.patch(one, json={"body": "Analytical", "done_at": done}, headers=ada).json()
        self.assertEqual((changed["title"], changed["body"]), ("Engine", "Analytical"))
        self.assertIsNotNone(changed["done_at"])
        self.assertEqual(self.client.delete(one, headers=ada).status_code, 204)
        self.assertEqual(self.client.get("/notes", headers=ada).json(), [])

    def test_nobody_reaches_anything_without_a_session(self) -> None:
        self.assertEqual(self.client.get("/notes").status_code, 401)
        forged = {"authorization": "Bearer forged"}
        self.assertEqual(self.client.get("/notes", headers=forged).status_code, 401)
        # Not even past the API: the role that it signs in as has rights on no table.
        with engine.connect() as connection, self.assertRaises(Exception) as refused:
            connection.exec_driver_sql("select * from notes")
        self.assertIn("permission denied for table notes", str(refused.exception))

    def test_what_does_not_fit_the_schema_is_refused(self) -> None:
        ada = person("Ada")
        for body in [{}, {"title": ""}, {"title": "x" * 201}, {"title": "x", "body": "x" * 10_001}]:
            self.assertEqual(self.client.post("/notes", json=body, headers=ada).status_code, 422, body)
        for name, value in {"user_id": str(uuid4()), "id": str(uuid4()), "admin": "yes"}.items():
            refused = self.client.post("/notes", json={"title": "x", name: value}, headers=ada)
            self.assertEqual(refused.status_code, 422, refused.text)
        self.assertEqual(self.client.get("/notes?limit=1000", headers=ada).status_code, 422)
        self.assertEqual(self.client.patch("/notes/1", json={"title": "x"}, headers=ada).status_code, 422)
        self.assertEqual(self.client.get("/notes", headers=ada).json(), [])


if __name__ == "__main__":
    unittest.main()
