/** `npm run build`: the package in `dist`, with its types. */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildPackage } from './package.ts'
import { writeTypes } from './types.ts'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
rmSync(dist, { recursive: true, force: true })
await buildPackage(dist, true)
writeTypes(dist)
