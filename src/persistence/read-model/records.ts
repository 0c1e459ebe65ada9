/** Two views of the same memory: records of commands or events. */
export type Records = { readonly i32: Int32Array; readonly f64: Float64Array };
