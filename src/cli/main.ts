#!/usr/bin/env node
// `npx recurra`.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import '../node.ts'
import { runCommand } from './program.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const terminal = {
  print: (text: string) => void process.stdout.write(`${text}\n`),
  note: (text: string) => void process.stderr.write(`${text}\n`),
}
const code = await runCommand(process.argv.slice(2), terminal, version)
// Dawn's threads would keep the process; what was written must arrive first.
process.stdout.write('', () => process.exit(code))
