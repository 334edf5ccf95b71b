"""What a type checker must refuse: each line below is an error, or `type: ignore` would be one."""

import as_dataclass
import as_pydantic
import as_typeddict

as_pydantic.ScalarsUpdate(email="a@b", score=None)
as_pydantic.ScalarsUpdate(email=None)  # type: ignore[arg-type]
as_pydantic.ScalarsInsert(email="a@b", doubled=1)  # type: ignore[call-arg]
as_pydantic.ScalarsInsert()  # type: ignore[call-arg]
as_pydantic.ScalarsInsert(email="a@b", id=1)  # type: ignore[call-arg]
as_pydantic.ScalarsUpdate(int4="1")  # type: ignore[arg-type]

as_dataclass.ScalarsUpdate(email="a@b", score=None)
as_dataclass.ScalarsUpdate(email=None)  # type: ignore[arg-type]
as_dataclass.ScalarsInsert(email="a@b", doubled=1)  # type: ignore[call-arg]
as_dataclass.ScalarsInsert()  # type: ignore[call-arg]

good: as_typeddict.ScalarsUpdate = {"email": "a@b", "score": None}
none: as_typeddict.ScalarsUpdate = {"email": None}  # type: ignore[typeddict-item]
generated: as_typeddict.ScalarsInsert = {"email": "a@b", "doubled": 1}  # type: ignore[typeddict-unknown-key]
missing: as_typeddict.ScalarsInsert = {}  # type: ignore[typeddict-item]
