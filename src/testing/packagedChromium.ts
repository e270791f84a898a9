// Chromium and SwiftShader, the software Vulkan driver, out of the npm package @sparticuz/chromium (linux x64): nothing is downloaded
// after `npm install`, and nothing has to be installed on the system.

import { existsSync } from 'node:fs'
import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import type { Browser } from './browsers.ts'

/** Chromium as unpacked, with the folder in which SwiftShader lies beside it. */
export interface PackagedChromium extends Browser {
  readonly folder: string
}

/** The package's archives; null where the package is not installed, or is of no use on this platform. */
export function findPackage(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url])
    try {
      return join(dirname(createRequire(from).resolve('@sparticuz/chromium')), '../../bin')
    } catch {
      // The next place may have it.
    }
  return null
}

/** Unpacks the browser, its libraries, a font and SwiftShader, once: about 3 s. Null where {@link findPackage} finds nothing. */
export async function packagedChromium(): Promise<PackagedChromium | null> {
  const archives = findPackage()
  if (archives === null) return null
  const { version } = JSON.parse(await readFile(join(archives, '../package.json'), 'utf8'))
  const folder = join(await cacheBeside(archives), `chromium-${version}`)
  if (!existsSync(folder)) await unpackInto(folder, archives)
  return {
    folder,
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [join(folder, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
      FONTCONFIG_PATH: folder,
    },
  }
}

/** `node_modules/.cache/recurra` beside the package, or a folder of the user's where that cannot be written. */
async function cacheBeside(archives: string): Promise<string> {
  const modules = join(archives, '../../..')
  try {
    await access(modules, constants.W_OK)
    return join(modules, '.cache/recurra')
  } catch {
    return join(tmpdir(), `recurra-${userInfo().uid}`)
  }
}

/** The folder appears only when it is complete. */
async function unpackInto(folder: string, archives: string): Promise<void> {
  const partial = `${folder}.${process.pid}`
  await mkdir(partial, { recursive: true })
  await Promise.all([
    inflate(join(archives, 'chromium.br')).then((data) =>
      writeFile(join(partial, 'chromium'), data, { mode: 0o755 }),
    ),
    ...['swiftshader', 'al2023', 'fonts'].map((name) => extract(join(archives, `${name}.tar.br`), partial)),
  ])
  const fonts = `<dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/fonts/cache</cachedir>`
  await writeFile(join(partial, 'fonts.conf'), `<?xml version="1.0"?><fontconfig>${fonts}</fontconfig>\n`)
  try {
    await rename(partial, folder)
  } catch (error) {
    // Another process was faster.
    if (!existsSync(folder)) throw error
    await rm(partial, { recursive: true })
  }
}

const inflate = async (path: string): Promise<Buffer> => promisify(brotliDecompress)(await readFile(path))

/** Unpacks the files of a compressed ustar archive: blocks of 512 bytes, a header before the content of each file. */
async function extract(archive: string, folder: string): Promise<void> {
  const tar = await inflate(archive)
  const field = (from: number, length: number): string =>
    tar.toString('latin1', from, from + length).replace(/\0.*$/s, '')
  for (let at = 0; tar[at]; ) {
    const path = join(folder, field(at, 100))
    const size = Number.parseInt(field(at + 124, 12), 8)
    const content = at + 512
    if (!path.endsWith('/')) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, tar.subarray(content, content + size))
    }
    at = content + Math.ceil(size / 512) * 512
  }
}
