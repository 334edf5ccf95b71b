//! Row-level security policies.

use std::fmt::Write as _;

use crate::catalog::Name;
use crate::catalog::policy::Policy;
use crate::catalog::trigger::Event;

use super::name::{bare, qualified, relation, target};
use super::{Alteration, Ddl, LockMode, Statement, World};

impl Ddl for Policy {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let mut sql = format!("CREATE {}", target(&self.object(), world.to));
        if !self.permissive {
            sql.push_str(" AS RESTRICTIVE");
        }
        if let Some(command) = self.command {
            let _ = write!(sql, " FOR {}", command_word(command));
        }
        if !self.roles.is_empty() {
            let _ = write!(sql, " TO {}", roles(&self.roles));
        }
        expression(&mut sql, "USING", self.using.as_deref());
        expression(&mut sql, "WITH CHECK", self.check.as_deref());
        vec![self.statement(sql, world)]
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        let statement = Statement::new(format!("DROP {}", target(&self.object(), world.from)))
            .locks(LockMode::AccessExclusive, relation(world.from, &self.relation))
            .hazard("policy-dropped");
        vec![statement]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            relation: _,
            name: _,
            permissive,
            command,
            roles: old_roles,
            using,
            check,
        } = self;
        let loses = |old: &Option<String>, new: &Option<String>| old.is_some() && new.is_none();
        if (permissive, command) != (&new.permissive, &new.command)
            || loses(using, &new.using)
            || loses(check, &new.check)
        {
            return Alteration::Replace;
        }
        if (old_roles, using, check) == (&new.roles, &new.using, &new.check) {
            return Alteration::InPlace(Vec::new());
        }
        let mut sql = format!("ALTER POLICY {} ON {}", bare(&self.name), qualified(&self.relation));
        if *old_roles != new.roles {
            let _ = write!(sql, " TO {}", roles(&new.roles));
        }
        expression(&mut sql, "USING", new.using.as_deref().filter(|_| using != &new.using));
        expression(
            &mut sql,
            "WITH CHECK",
            new.check.as_deref().filter(|_| check != &new.check),
        );
        Alteration::InPlace(vec![new.statement(sql, world)])
    }
}

impl Policy {
    fn statement(&self, sql: String, world: &World<'_>) -> Statement {
        let statement = Statement::new(sql).locks(LockMode::AccessExclusive, relation(world.to, &self.relation));
        let is_true = |expression: &Option<String>| expression.as_deref() == Some("true");
        // Reading may well be open to all; writing is not.
        let lets_all_write = match self.command {
            Some(Event::Select) => false,
            _ => is_true(&self.check) || is_true(&self.using),
        };
        match self.permissive && lets_all_write {
            true => statement.hazard("policy-always-true"),
            false => statement,
        }
    }
}

fn expression(sql: &mut String, keyword: &str, expression: Option<&str>) {
    if let Some(expression) = expression {
        let _ = write!(sql, "\n    {keyword} ({expression})");
    }
}

fn roles(roles: &[Name]) -> String {
    if roles.is_empty() {
        return "PUBLIC".to_owned();
    }
    let roles = roles.iter().map(|role| bare(role));
    roles.collect::<Vec<_>>().join(", ")
}

fn command_word(command: Event) -> &'static str {
    match command {
        Event::Select => "SELECT",
        Event::Insert => "INSERT",
        Event::Update => "UPDATE",
        Event::Delete => "DELETE",
        // There are no policies for it.
        Event::Truncate => "ALL",
    }
}
