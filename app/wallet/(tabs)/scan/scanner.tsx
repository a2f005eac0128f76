'use client'

import { Flashlight, FlashlightOff } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { Spinner } from '@/components/ui/spinner'
import { parseDeeplink } from '../../deeplink'
import { keepToken } from '../../pending-import'
import { type CameraProblem, closeCamera, hasTorch, openCamera, problemOf, reloadForHeaders, setTorch } from './camera'
import { PasteLink } from './paste-link'
import { createQrReader } from './qr-reader'

/** Between two looks at the picture; reading takes some 30 ms on a slow phone. */
const PAUSE_MS = 150
/** A code that is not ours stays on screen that long after it has left the picture. */
const WRONG_SHOWN_MS = 3000

type State = 'starting' | 'scanning' | 'found' | CameraProblem

export function Scanner({ publicOrigin }: { publicOrigin: string }) {
  const t = useTranslations('Wallet.scan')
  const router = useRouter()
  const video = useRef<HTMLVideoElement>(null)
  const stream = useRef<MediaStream | null>(null)
  const [state, setState] = useState<State>('starting')
  const [isWrong, setWrong] = useState(false)
  const [torch, setTorchState] = useState<'none' | 'off' | 'on'>('none')
  const [attempt, setAttempt] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` is the person's wish to try again
  useEffect(() => {
    let stopped = false
    let wrongUntil = 0

    async function scan() {
      if (reloadForHeaders()) return
      const opened = await openCamera()
      if (stopped || !video.current) return closeCamera(opened)
      stream.current = opened
      video.current.srcObject = opened
      await video.current.play()
      setTorchState(hasTorch(opened) ? 'off' : 'none')
      const reader = await createQrReader()
      setState('scanning')
      while (!stopped && video.current) {
        const text = await reader.read(video.current)
        const token = text === null ? null : parseDeeplink(text, [publicOrigin, location.origin])
        if (token !== null && !stopped) return found(token)
        if (text !== null) wrongUntil = performance.now() + WRONG_SHOWN_MS
        setWrong(performance.now() < wrongUntil)
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }

    function found(token: string) {
      closeCamera(stream.current)
      setState('found')
      keepToken(token, 'scan')
      router.replace('/wallet/d')
    }

    scan().catch((error: unknown) => {
      closeCamera(stream.current)
      if (!stopped) setState(problemOf(error))
    })
    return () => {
      stopped = true
      closeCamera(stream.current)
      stream.current = null
    }
  }, [attempt, publicOrigin, router])

  function tryAgain() {
    setState('starting')
    setAttempt((count) => count + 1)
  }

  async function switchTorch() {
    if (!stream.current) return
    const next = torch === 'on' ? 'off' : 'on'
    await setTorch(stream.current, next === 'on').then(
      () => setTorchState(next),
      () => setTorchState('none'),
    )
  }

  const hasProblem = state !== 'starting' && state !== 'scanning' && state !== 'found'
  return (
    <>
      {hasProblem ? (
        <Notice
          meaning="warning"
          role="alert"
          title={t(`${state}Title`)}
          action={
            <Button variant="secondary" onClick={tryAgain}>
              {t('retry')}
            </Button>
          }
        >
          {t(state)}
        </Notice>
      ) : (
        <div className="relative overflow-hidden rounded-md border border-line bg-black">
          <video ref={video} muted playsInline aria-label={t('video')} className="aspect-square w-full object-cover" />
          <div aria-hidden className="pointer-events-none absolute inset-[14%] rounded-md border-2 border-white/90" />
          {torch === 'none' ? null : (
            <Button
              variant="secondary"
              aria-pressed={torch === 'on'}
              onClick={switchTorch}
              className="absolute right-3 bottom-3 min-h-11"
            >
              {torch === 'on' ? <FlashlightOff aria-hidden /> : <Flashlight aria-hidden />}
              {torch === 'on' ? t('torchOff') : t('torchOn')}
            </Button>
          )}
        </div>
      )}
      <div role="status">
        {isWrong && state === 'scanning' ? (
          <Notice meaning="warning">{t('wrong')}</Notice>
        ) : hasProblem ? null : (
          <p className="flex items-center gap-2 text-muted">
            <Spinner />
            {t(state)}
          </p>
        )}
      </div>
      <PasteLink publicOrigin={publicOrigin} isOpen={hasProblem} />
    </>
  )
}
