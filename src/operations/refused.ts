// Functions of `keras.ops` and `keras.random` that are not here, each with the reason and what to write instead. Errors of files and
// docs/keras-compatibility.md are made of them; pages do not load them.

const MATRICES = 'needs as many rotations of rows as values ask for: compute it on the host'
const COMPLEX = 'there are no complex numbers on the device'
const VALUES = 'its shape depends on values, and a step is compiled for shapes'
const BITS = 'all numbers are floats here, which have no bits of integers'

/** Reasons by the names of `keras.ops`, `random.` before those of `keras.random`. */
export const refusedOperations: Readonly<Record<string, string>> = {
  nextafter: BITS,
  eig: MATRICES,
  eigh: MATRICES,
  jvp: 'gradients here go from losses back: gradients(y, [x])',
  lstsq: MATRICES,
  luFactor: MATRICES,
  matrixRank: MATRICES,
  pinv: MATRICES,
  qr: MATRICES,
  svd: MATRICES,
  vectorize: 'operations work on whole tensors: write the function for a batch',
  customGradient: 'gradients follow from operations: write ops.stopGradient where none is to flow',
  convertToNumpy: 'a symbolic tensor has no values: model.predict gives them',
  gammainc: 'no kernel has it',
  nonzero: VALUES,
  polar: COMPLEX,
  view: BITS,
  viewAsComplex: COMPLEX,
  viewAsReal: COMPLEX,
}
