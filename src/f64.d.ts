/** Types of AssemblyScript in the files that both compilers read: assembly/formulas.ts. */
type f64 = number;
type bool = boolean;
