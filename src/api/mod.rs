//! The four doors to the same store. A door speaks one vendor's dialect: its paths, field names, shapes and
//! error words. It turns requests into actions and domain values into its own wire types, and knows nothing
//! of the other three.

pub mod telemax;
