// States of two directions in one tensor.

import { splitGradients } from './columnPairs.ts'
import { defineJoinStates } from './recurrentStates.ts'

export const joinStates = defineJoinStates(splitGradients)
