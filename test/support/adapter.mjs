/**
 * A WebGPU adapter where there is no GPU: SwiftShader, the software Vulkan driver, and the browser that carries it, both
 * out of the npm package @sparticuz/chromium (linux x64), so that nothing is downloaded and nothing has to be installed.
 * Other machines use the Chrome or Chromium that they have, and their own GPU.
 *
 *   RECURRA_ADAPTER=system    keep the GPU of this machine
 *   FAST_ADAPTER=1            the environment brings a Vulkan driver of its own for Node: keep that
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { arch, env, pid, platform } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'

/**
 * What a process needs to find an adapter.
 * @typedef {object} Adapter
 * @property {Record<string, string>} env variables to start Node with; Dawn reads them before any script runs
 * @property {{ executablePath: string, args: string[], env: Record<string, string> }} chromium how to launch a browser
 */

const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
]

/**
 * Unpacks what is missing (about 3 s the first time) and says how to start Node and a browser with a WebGPU adapter.
 * @returns {Promise<Adapter>}
 */
export async function prepareAdapter() {
  const ownGpu = env.RECURRA_ADAPTER === 'system'
  const args = ['--enable-unsafe-webgpu', ...quiet]
  if (ownGpu) args.push('--enable-features=Vulkan')
  else args.push('--use-webgpu-adapter=swiftshader')
  if (platform === 'linux') args.push('--no-sandbox')

  if (platform !== 'linux' || arch !== 'x64')
    return { env: {}, chromium: { executablePath: installedBrowser(), args, env: {} } }

  const folder = await unpack()
  const driver = join(folder, 'vk_swiftshader_icd.json')
  const node = {
    LD_LIBRARY_PATH: prepend(folder, env.LD_LIBRARY_PATH),
    VK_DRIVER_FILES: driver,
    VK_ICD_FILENAMES: driver,
  }
  const browser = {
    LD_LIBRARY_PATH: prepend(join(folder, 'lib'), env.LD_LIBRARY_PATH),
    FONTCONFIG_PATH: folder,
  }
  return {
    env: ownGpu || env.FAST_ADAPTER === '1' ? {} : node,
    chromium: { executablePath: join(folder, 'chromium'), args, env: browser },
  }
}

/** Unpacks the browser, its libraries, a font and SwiftShader into one folder, which appears only when complete. */
async function unpack() {
  const bin = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../../bin')
  const { version } = JSON.parse(await readFile(join(bin, '../package.json'), 'utf8'))
  const folder = fileURLToPath(
    new URL(`../../node_modules/.cache/recurra/chromium-${version}`, import.meta.url),
  )
  if (existsSync(folder)) return folder

  const partial = `${folder}.${pid}`
  await mkdir(partial, { recursive: true })
  await Promise.all([
    inflate(join(bin, 'chromium.br')).then((data) =>
      writeFile(join(partial, 'chromium'), data, { mode: 0o755 }),
    ),
    ...['swiftshader', 'al2023', 'fonts'].map((name) => extract(join(bin, `${name}.tar.br`), partial)),
  ])
  const fonts = `<dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/fonts/cache</cachedir>`
  await writeFile(join(partial, 'fonts.conf'), `<?xml version="1.0"?><fontconfig>${fonts}</fontconfig>\n`)
  try {
    await rename(partial, folder)
  } catch (error) {
    // another process was faster
    if (!existsSync(folder)) throw error
    await rm(partial, { recursive: true })
  }
  return folder
}

/** @param {string} path */
async function inflate(path) {
  return promisify(brotliDecompress)(await readFile(path))
}

/**
 * Unpacks the files of a compressed ustar archive: blocks of 512 bytes, a header before the content of each file.
 * @param {string} archive
 * @param {string} folder
 */
async function extract(archive, folder) {
  const tar = await inflate(archive)
  /** @param {number} from @param {number} length */
  const field = (from, length) => tar.toString('latin1', from, from + length).replace(/\0.*$/s, '')
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

function installedBrowser() {
  const candidates = [
    env.CHROME_PATH,
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ...[env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].map(
      (root) => root && join(root, 'Google/Chrome/Application/chrome.exe'),
    ),
    ...(env.PATH ?? '')
      .split(delimiter)
      .flatMap((folder) =>
        ['google-chrome', 'chromium', 'chromium-browser'].map((name) => join(folder, name)),
      ),
  ]
  const found = candidates.find((path) => path && existsSync(path))
  if (!found)
    throw new Error(
      `No browser with WebGPU: expected Chrome or Chromium on ${platform} ${arch}, found none. ` +
        'Install one, or set CHROME_PATH to its executable.',
    )
  return found
}

/**
 * @param {string} folder
 * @param {string | undefined} paths
 */
function prepend(folder, paths) {
  return paths ? `${folder}${delimiter}${paths}` : folder
}
