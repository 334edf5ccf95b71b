//! Functions and procedures that a client can call.

use super::Lowering;
use crate::catalog::routine::{Argument, ArgumentMode, Routine, RoutineKind, Volatility};
use crate::catalog::{Name, ObjectId};
use crate::codegen::model::{Field, Function, FunctionArgument, Returns, Scalar, Type};

/// Types that only the server itself passes around: a routine that takes or gives one is not for clients.
const INTERNAL: &[&str] = &[
    "cstring",
    "event_trigger",
    "fdw_handler",
    "index_am_handler",
    "internal",
    "language_handler",
    "pg_ddl_command",
    "table_am_handler",
    "trigger",
    "tsm_handler",
];

impl Lowering<'_> {
    /// The routines of emitted schemas that a client can call, by name and arguments.
    pub(super) fn functions(&self) -> Vec<Function> {
        let callable = self.catalog.routines.iter().filter(|routine| {
            self.emits(&routine.id.name)
                && matches!(routine.kind, RoutineKind::Function | RoutineKind::Procedure)
                && !routine
                    .arguments
                    .iter()
                    .any(|argument| self.is_internal(&argument.data_type))
                && !routine
                    .returns
                    .as_ref()
                    .is_some_and(|returns| self.is_internal(returns))
        });
        callable.map(|routine| self.function(routine)).collect()
    }

    fn is_internal(&self, sql: &Name) -> bool {
        let data_type = self.catalog.data_type(sql);
        data_type.is_some_and(|found| found.name.is_builtin() && INTERNAL.contains(&found.name.name.as_str()))
    }

    fn function(&self, routine: &Routine) -> Function {
        let comment = self.comment(&ObjectId::Routine(routine.id.clone()));
        let arguments: Vec<FunctionArgument> = routine
            .arguments
            .iter()
            .filter(|argument| !matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table))
            .map(|argument| self.argument(routine, argument))
            .collect();
        let procedure = routine.kind == RoutineKind::Procedure;
        let computed_field = match arguments.as_slice() {
            [FunctionArgument { ty: Type::Row(_), .. }] => !procedure && !routine.returns_set,
            _ => false,
        };
        Function {
            named: self.named(&routine.id.name, comment),
            procedure,
            arguments,
            returns: self.returns(routine),
            returns_set: routine.returns_set,
            single_row: routine.rows.as_deref() == Some("1"),
            read_only: routine.volatility != Volatility::Volatile,
            computed_field,
        }
    }

    fn argument(&self, routine: &Routine, argument: &Argument) -> FunctionArgument {
        let ty = self.ty(&argument.data_type);
        FunctionArgument {
            name: argument.name.clone(),
            nullable: !routine.strict && !self.refuses_null(&ty),
            ty,
            sql: argument.data_type.clone(),
            optional: argument.default.is_some(),
            variadic: argument.mode == ArgumentMode::Variadic,
        }
    }

    fn returns(&self, routine: &Routine) -> Returns {
        let outputs: Vec<Field> = routine
            .arguments
            .iter()
            .filter(|argument| {
                matches!(
                    argument.mode,
                    ArgumentMode::Out | ArgumentMode::Inout | ArgumentMode::Table
                )
            })
            .map(|argument| Field {
                name: argument.name.clone(),
                ty: self.ty(&argument.data_type),
                sql: argument.data_type.clone(),
                nullable: true,
                comment: None,
            })
            .collect();
        if !outputs.is_empty() {
            return Returns::Record(outputs);
        }
        let Some(sql) = &routine.returns else {
            return Returns::Void;
        };
        match self.ty(sql) {
            Type::Scalar(Scalar::Void) => Returns::Void,
            Type::Row(at) => Returns::Row(at),
            Type::Unknown(name) if name.is_builtin() && name.name == "record" => Returns::UntypedRecord,
            ty => Returns::Value { ty, sql: sql.clone() },
        }
    }
}
