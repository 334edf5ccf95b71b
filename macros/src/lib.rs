//! Inline types from a committed pgkeel snapshot. The macro is not available in this release: it expands to a compile
//! error that names the command which writes the same types.

use proc_macro::TokenStream;
use quote::quote;

/// Expands to a compile error: inline types are not available yet.
#[proc_macro]
pub fn schema(_input: TokenStream) -> TokenStream {
    quote! {
        ::core::compile_error!(
            "`pgkeel_macros::schema!` is not available yet: run `pgkeel generate --lang rust` and commit its output"
        );
    }
    .into()
}
