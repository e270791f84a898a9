// Every problem of the demo, in the order of its tabs.

import type { Problem } from '../problem.ts'
import { airline } from './airline.ts'
import { echo } from './echo.ts'

export const problems: readonly [Problem, ...Problem[]] = [echo, airline]
