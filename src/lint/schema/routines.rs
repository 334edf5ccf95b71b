//! Routines by what they are called with, and who calls them.

use std::collections::BTreeSet;

use crate::catalog::{Name, QName};
use crate::lint::calls::Text;
use crate::lint::statement::{CreateRoutine, Path, Signature};
use crate::lint::types::TypeName;
use crate::sql::calls::Call;

use super::{Routine, Schema};

impl Schema {
    /// Takes in a routine, which takes the place of one with the same arguments.
    pub(super) fn create_routine(&mut self, routine: &CreateRoutine) {
        let name = self.made_as(&routine.name);
        let signature = Signature {
            name: routine.name.clone(),
            arguments: Some(routine.arguments.types.clone()),
        };
        let at = self.meant(&name, &signature);
        let row = Routine {
            arguments: routine.arguments.clone(),
            body: routine.body.clone().map(Text::new),
            volatile: routine.volatile,
            definer: routine.definer,
            sets_search_path: routine.sets_search_path,
            inlined: routine.inlined.clone(),
        };
        let overloads = self.routines.entry(name).or_default();
        match at.first() {
            Some(at) => overloads[*at] = row,
            None => overloads.push(row),
        }
    }

    /// Takes in that a routine is gone, and gives what it was.
    pub(super) fn drop_routine(&mut self, signature: &Signature) -> Vec<Routine> {
        let name = self.resolve_routine(&signature.name);
        let meant = self.meant(&name, signature);
        let Some(overloads) = self.routines.get_mut(&name) else {
            return Vec::new();
        };
        let gone = meant.iter().rev().map(|at| overloads.remove(*at)).collect();
        if overloads.is_empty() {
            self.routines.remove(&name);
        }
        gone
    }

    /// Takes in that a routine is called something else.
    pub(super) fn move_routine(&mut self, signature: &Signature, to: QName) {
        let moved = self.drop_routine(signature);
        self.routines.entry(to).or_default().extend(moved);
    }

    /// What a routine is called once it is moved.
    pub(in crate::lint) fn moved_routine(
        &self,
        routine: &Signature,
        schema: Option<&Name>,
        name: Option<&Name>,
    ) -> QName {
        let old = self.resolve_routine(&routine.name);
        let schema = schema.map_or(old.schema, Name::clone);
        QName::new(schema, name.map_or(old.name, Name::clone))
    }

    /// The overloads that a signature means, by their place.
    fn meant(&self, name: &QName, signature: &Signature) -> Vec<usize> {
        let is_meant = |routine: &Routine| {
            signature.arguments.as_ref().is_none_or(|types| {
                let known = &routine.arguments.types;
                known.len() == types.len() && known.iter().zip(types).all(|(a, b)| self.is_same_type(a, b))
            })
        };
        let overloads = self.routines.get(name).into_iter().flatten().enumerate();
        overloads
            .filter(|(_, routine)| is_meant(routine))
            .map(|(at, _)| at)
            .collect()
    }

    fn is_same_type(&self, a: &TypeName, b: &TypeName) -> bool {
        self.type_id(a) == self.type_id(b)
    }

    /// The overloads that signatures mean, by their name and place.
    pub(in crate::lint) fn overloads(&self, signatures: &[Signature]) -> BTreeSet<(QName, usize)> {
        let of = |signature: &Signature| {
            let name = self.resolve_routine(&signature.name);
            let meant = self.meant(&name, signature).into_iter();
            meant.map(|at| (name.clone(), at)).collect::<Vec<_>>()
        };
        signatures.iter().flat_map(of).collect()
    }

    /// The routines whose bodies call a name with arguments that none of that name takes, by their names, as if those in
    /// `gone` were not there.
    pub(in crate::lint) fn callers_left_alone(&self, name: &QName, gone: &BTreeSet<(QName, usize)>) -> Vec<QName> {
        let there = |name: &QName| {
            let overloads = self.routines.get(name).into_iter().flatten().enumerate();
            let name = name.clone();
            overloads.filter(move |(at, _)| !gone.contains(&(name.clone(), *at)))
        };
        let is_answered = |call: &Call| there(name).any(|(_, routine)| routine.arguments.accept(call.arguments));
        let calls_in_vain = |caller: &QName, routine: &Routine| {
            let mut calls = routine.body.iter().flat_map(Text::calls);
            calls.any(|call| {
                name.name == call.name.as_str() && self.is_call_of(name, caller, call) && !is_answered(call)
            })
        };
        let all = self.routines.keys().filter(|caller| *caller != name);
        let callers = all.filter(|caller| there(caller).any(|(_, routine)| calls_in_vain(caller, routine)));
        callers.cloned().collect()
    }

    /// Whether a call in the body of `caller` by this bare name means the routine of this name.
    fn is_call_of(&self, name: &QName, caller: &QName, call: &Call) -> bool {
        match &call.schema {
            Some(schema) => name.schema == schema.as_str(),
            // Which one it means where several schemas have it is decided when it runs.
            None => {
                let mut others = self.routines.keys();
                let is_seen = self.search_path.contains(&name.schema) || caller.schema == name.schema;
                is_seen && !others.any(|other| other.name == name.name && other.schema != name.schema)
            }
        }
    }

    /// What is made without a schema is made in the first of the search path.
    fn made_as(&self, path: &Path) -> QName {
        match (&path.schema, self.search_path.first()) {
            (None, Some(first)) => QName::new(first.clone(), path.name.clone()),
            _ => self.resolve_routine(path),
        }
    }
}
