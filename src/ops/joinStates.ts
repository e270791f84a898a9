// States of two directions in one tensor.

import { splitColumns } from './columnPairs.ts'
import { defineJoinStates } from './recurrentStates.ts'

export const joinStates = defineJoinStates(splitColumns)
