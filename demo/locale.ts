// uPlot formats numbers in the browser's language from the moment it loads. Chromium on a system without a locale names
// one that Intl refuses (en-US@posix), so this comes before uPlot.

try {
  new Intl.NumberFormat(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true })
}
