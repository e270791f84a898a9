// How the CPU backend has plans made, known before there is one.

import { DEFAULT_TRAITS } from '../../graph/operation.ts'
import type { BackendTraits } from '../backend.ts'

export const CPU_TRAITS: BackendTraits = { ...DEFAULT_TRAITS, isSoftware: true, maxBufferBytes: 2 ** 31 }
