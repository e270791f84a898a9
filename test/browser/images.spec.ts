/** Images in a page: pixels of what a canvas draws, and a tensor that is shown. */
import { fileURLToPath } from 'node:url'
import { expect } from '@playwright/test'
import { test } from './cleanPage.ts'

// The demo's server also serves the files of the project.
const entry = `/@fs${fileURLToPath(new URL('recurra.ts', import.meta.url))}`

/** Runs in the page. */
async function read(url: string) {
  const { arrayToImg, imgToArray }: typeof import('../../src/data.ts') = await import(url)
  const shown = arrayToImg(
    [
      [
        [255, 0, 0],
        [0, 128, 255],
      ],
    ],
    { scale: false },
  )
  const canvas = document.createElement('canvas')
  canvas.width = 2
  canvas.height = 1
  canvas.getContext('2d')?.putImageData(shown, 0, 0)
  const image = new Image()
  image.src = canvas.toDataURL()
  await image.decode()
  const bitmap = await createImageBitmap(canvas)
  const frame = new VideoFrame(canvas, { timestamp: 0 })
  const arrays = [shown, canvas, image, bitmap, frame].map((each) => imgToArray(each).toArray())
  frame.close()
  const errors = [() => imgToArray(new Image()), () => imgToArray(document.body)].map((attempt) => {
    try {
      attempt()
      return ''
    } catch (error) {
      return (error as Error).message
    }
  })
  return { arrays, errors, isImageData: shown instanceof ImageData }
}

test('pixels of all that a page draws', async ({ emptyPage: page }) => {
  const { arrays, errors, isImageData } = await page.evaluate(read, entry)
  expect(isImageData).toBe(true)
  expect(arrays).toEqual(
    Array(5).fill([
      [
        [255, 0, 0],
        [0, 128, 255],
      ],
    ]),
  )
  expect(errors).toEqual([
    'imgToArray: expected an image that is loaded, got one without a size. Wait for it: await image.decode().',
    'imgToArray: expected an image, { data, width, height } or what a canvas can draw, got HTMLBodyElement.',
  ])
})
