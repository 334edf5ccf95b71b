//! Operators, their families and classes, and casts.

use crate::catalog::operator::{
    Cast, CastContext, CastMethod, FamilyFunction, FamilyOperator, Operator, OperatorClass, OperatorFamily,
};
use crate::catalog::{Catalog, Name, Object, ObjectId, OperatorId, QName};
use crate::sql::keyword_safe;

use super::name::{operator, routine};
use super::{Alteration, Ddl, Part, Statement, World, bare, plain_drop, qualified, target};

/// The first major that can change an operator's partners and how it is used in joins.
const PARTNERS_SINCE: u32 = 17;

impl Ddl for Operator {
    /// A partner that is not there yet is announced by the way. An operator that is only announced comes so, and by no
    /// statement of its own.
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let Some(function) = &self.function else {
            return Vec::new();
        };
        let partner = |name: &QName| format!("OPERATOR({})", operator_name(name));
        let mut clauses = vec![format!("FUNCTION = {}", qualified(function))];
        let texts = [
            ("LEFTARG", self.id.left.as_ref().map(ToString::to_string)),
            ("RIGHTARG", self.id.right.as_ref().map(ToString::to_string)),
            ("COMMUTATOR", self.commutator.as_ref().map(partner)),
            ("NEGATOR", self.negator.as_ref().map(partner)),
            ("RESTRICT", self.restrict.as_ref().map(qualified)),
            ("JOIN", self.join.as_ref().map(qualified)),
        ];
        for (clause, text) in texts {
            clauses.extend(text.map(|text| format!("{clause} = {text}")));
        }
        clauses.extend(self.hashes.then(|| "HASHES".to_owned()));
        clauses.extend(self.merges.then(|| "MERGES".to_owned()));
        let name = operator_name(&self.id.name);
        let mut statement = Statement::new(format!("CREATE OPERATOR {name} ({})", clauses.join(", ")));
        // One that loses its old partner to a new one is made anew first: it would not know of the new one otherwise.
        if world.from.object(&self.object()).is_none() {
            let [left, right] = [&self.id.left, &self.id.right];
            let partners = [(&self.commutator, [right, left]), (&self.negator, [left, right])];
            for (partner, arguments) in partners {
                let partner = partner.as_ref().map(|name| operator_id(name, arguments));
                let partner = partner.filter(|partner| world.from.object(partner).is_some());
                statement.needs.extend(partner.map(|partner| (partner, Part::Itself)));
            }
        }
        vec![statement]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            id,
            owner: _,
            function,
            commutator,
            negator,
            restrict,
            join,
            hashes,
            merges,
        } = self;
        if function.is_none() && new.function.is_some() {
            return Alteration::InPlace(new.create(world));
        }
        if *function != new.function {
            return Alteration::Replace;
        }
        let mut settings = Vec::new();
        let estimators = [("RESTRICT", restrict, &new.restrict), ("JOIN", join, &new.join)];
        for (setting, old, new) in estimators {
            if old != new {
                let function = new.as_ref().map_or_else(|| "NONE".to_owned(), qualified);
                settings.push(format!("{setting} = {function}"));
            }
        }
        // A commutator's arguments change places.
        let [left, right] = [&id.left, &id.right];
        let commutator_in = |catalog, name| defined(catalog, name, [right, left]).map(|row| row.commutator.is_some());
        let negator_in = |catalog, name| defined(catalog, name, [left, right]).map(|row| row.negator.is_some());
        let partners: [(_, _, _, &dyn Fn(_, _) -> _); 2] = [
            ("COMMUTATOR", commutator, &new.commutator, &commutator_in),
            ("NEGATOR", negator, &new.negator, &negator_in),
        ];
        for (setting, old, new, has_partner) in partners {
            match (old, new) {
                (old, new) if old == new => {}
                // What makes the partner, or makes it anew, says it for both; so does what removes it.
                (None, Some(new)) if has_partner(world.from, new) != Some(false) => {}
                (Some(old), None) if has_partner(world.to, old).is_none() => {}
                (None, Some(new)) if world.from.server.major >= PARTNERS_SINCE => {
                    settings.push(format!("{setting} = OPERATOR({})", operator_name(new)));
                }
                _ => return Alteration::Replace,
            }
        }
        for (setting, old, new) in [("HASHES", *hashes, new.hashes), ("MERGES", *merges, new.merges)] {
            match (old, new) {
                (false, true) if world.from.server.major >= PARTNERS_SINCE => settings.push(setting.to_owned()),
                (old, new) if old != new => return Alteration::Replace,
                _ => {}
            }
        }
        if settings.is_empty() {
            return Alteration::InPlace(Vec::new());
        }
        let target = target(&self.object(), world.from);
        Alteration::InPlace(vec![format!("ALTER {target} SET ({})", settings.join(", ")).into()])
    }
}

/// An operator's own name takes no quotes.
fn operator_name(name: &QName) -> String {
    format!("{}.{}", keyword_safe(&name.schema), name.name)
}

fn operator_id(name: &QName, [left, right]: [&Option<Name>; 2]) -> ObjectId {
    ObjectId::Operator(OperatorId {
        name: name.clone(),
        left: left.clone(),
        right: right.clone(),
    })
}

/// The operator of this name and these arguments, where it is more than announced.
fn defined<'a>(catalog: &'a Catalog, name: &QName, arguments: [&Option<Name>; 2]) -> Option<&'a Operator> {
    match catalog.object(&operator_id(name, arguments)) {
        Some(Object::Operator(row)) if row.function.is_some() => Some(row),
        _ => None,
    }
}

impl Ddl for OperatorFamily {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let target = target(&self.object(), world.to);
        let mut statements = vec![format!("CREATE {target}").into()];
        let mut members = operators(&self.operators);
        members.extend(functions(&self.functions));
        statements.extend(change_members(&target, "ADD", &members));
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            method: _,
            owner: _,
            operators: old_operators,
            functions: old_functions,
        } = self;
        let target = target(&self.object(), world.from);
        let gone_operators = old_operators.iter().filter(|row| !new.operators.contains(row));
        let gone_functions = old_functions.iter().filter(|row| !new.functions.contains(row));
        let mut gone = gone_operators.map(operator_slot).collect::<Vec<_>>();
        gone.extend(gone_functions.map(function_slot));
        let added_operators = new.operators.iter().filter(|row| !old_operators.contains(row));
        let added_functions = new.functions.iter().filter(|row| !old_functions.contains(row));
        let mut added = operators(added_operators);
        added.extend(functions(added_functions));
        let mut statements = change_members(&target, "DROP", &gone);
        statements.extend(change_members(&target, "ADD", &added));
        Alteration::InPlace(statements)
    }
}

/// Takes loose members out of a family, or into it. They may wait for classes that need the family.
fn change_members(target: &str, verb: &str, members: &[String]) -> Vec<Statement> {
    if members.is_empty() {
        return Vec::new();
    }
    let sql = format!("ALTER {target} {verb} {}", members.join(", "));
    vec![Statement::new(sql).part(Part::Afterwards)]
}

fn operators<'a>(members: impl IntoIterator<Item = &'a FamilyOperator>) -> Vec<String> {
    let member = |member: &FamilyOperator| {
        let order_by = member.order_by.as_ref().map(qualified);
        let order_by = order_by.map(|family| format!(" FOR ORDER BY {family}"));
        let (strategy, operator) = (member.strategy, operator(&member.operator));
        format!("OPERATOR {strategy} {operator}{}", order_by.unwrap_or_default())
    };
    members.into_iter().map(member).collect()
}

fn functions<'a>(members: impl IntoIterator<Item = &'a FamilyFunction>) -> Vec<String> {
    let member = |member: &FamilyFunction| format!("{} {}", function_slot(member), routine(&member.function));
    members.into_iter().map(member).collect()
}

/// Which place in the family the operator has.
fn operator_slot(member: &FamilyOperator) -> String {
    let side = |side: &Option<Name>| side.clone().unwrap_or_else(|| Name::new_static("NONE"));
    let (left, right) = (side(&member.operator.left), side(&member.operator.right));
    format!("OPERATOR {} ({left}, {right})", member.strategy)
}

/// Which place in the family the function has.
fn function_slot(member: &FamilyFunction) -> String {
    format!("FUNCTION {} ({}, {})", member.number, member.left, member.right)
}

impl Ddl for OperatorClass {
    fn create(&self, _: &World<'_>) -> Vec<Statement> {
        let (name, method, family) = (qualified(&self.name), bare(&self.method), qualified(&self.family));
        let default = if self.default { " DEFAULT" } else { "" };
        let mut members = operators(&self.operators);
        members.extend(functions(&self.functions));
        // A class has one member at least: to store what it is for says nothing new.
        let storage = match &self.storage {
            None if members.is_empty() => Some(&self.data_type),
            storage => storage.as_ref(),
        };
        members.extend(storage.map(|storage| format!("STORAGE {storage}")));
        let (data_type, members) = (&self.data_type, members.join(", "));
        vec![
            format!(
                "CREATE OPERATOR CLASS {name}{default} FOR TYPE {data_type} USING {method} FAMILY {family} AS {members}"
            )
            .into(),
        ]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            name: _,
            method: _,
            owner: _,
            family,
            data_type,
            default,
            storage,
            operators,
            functions,
        } = self;
        let is_same = *family == new.family
            && *data_type == new.data_type
            && *default == new.default
            && *storage == new.storage
            && *operators == new.operators
            && *functions == new.functions;
        Alteration::replace_unless(is_same)
    }
}

impl Ddl for Cast {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let method = match &self.method {
            CastMethod::Function(function) => format!("WITH FUNCTION {}", routine(function)),
            CastMethod::Inout => "WITH INOUT".to_owned(),
            CastMethod::Binary => "WITHOUT FUNCTION".to_owned(),
        };
        let context = match self.context {
            CastContext::Explicit => "",
            CastContext::Assignment => " AS ASSIGNMENT",
            CastContext::Implicit => " AS IMPLICIT",
        };
        let target = target(&self.object(), world.to);
        vec![format!("CREATE {target} {method}{context}").into()]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        plain_drop(&self.object(), world)
    }

    fn alter(&self, new: &Self, _: &World<'_>) -> Alteration {
        let Self {
            source: _,
            target: _,
            method,
            context,
        } = self;
        Alteration::replace_unless(*method == new.method && *context == new.context)
    }
}
