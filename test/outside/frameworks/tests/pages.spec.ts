/** The components train, stop, are taken off the page in the middle of a training, and train again when they are back. */
import { expect, test } from 'recurra/playwright'

const button = (name: string) => `button:text-is("${name}")`

for (const framework of ['react', 'vue', 'svelte'])
  test(framework, async ({ page }) => {
    await page.addInitScript(() => {
      const hook = globalThis.__recurra__ ?? {}
      const tell = hook.onFit
      const endings: string[] = []
      hook.onFit = (fit) => {
        tell?.(fit)
        fit.then(
          () => endings.push('trained'),
          ({ name }) => endings.push(name),
        )
      }
      Object.assign(globalThis, { endings, epochs: 1e6 })
    })
    const body = page.locator('body')
    await page.goto(`/${framework}.html`)
    await page.click(button('Train'))
    await expect(body).toContainText(/epoch [2-9]/)
    await page.click(button('Stop'))
    await page.click(button('Train'))
    await expect(body).toContainText(/epoch \d/)
    await page.click(button('Toggle'))
    await expect(body).not.toContainText('epoch')
    await page.click(button('Toggle'))
    await page.evaluate('epochs = 3')
    await page.click(button('Train'))
    await expect(body).toContainText(/forecast -?\d\.\d/)
    expect(await page.evaluate('endings')).toEqual(['AbortError', 'AbortError', 'trained'])
  })
