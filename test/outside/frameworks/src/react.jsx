import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import Forecast from './Forecast.jsx'

function Page() {
  const [isShown, setIsShown] = useState(true)
  return (
    <>
      <button type="button" onClick={() => setIsShown(!isShown)}>
        Toggle
      </button>
      {isShown && <Forecast />}
    </>
  )
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Page />
  </StrictMode>,
)
