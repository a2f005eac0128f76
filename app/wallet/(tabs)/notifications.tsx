'use client'

import { BellRing } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { IDLE } from '@/lib/http/form-state'
import { subscribeAction, unsubscribeAction } from './actions'

type State = 'checking' | 'unsupported' | 'denied' | 'off' | 'on'

/** Turns notifications on or off for this browser. */
export function Notifications({ publicKey }: { publicKey: string }) {
  const t = useTranslations('Wallet.notifications')
  const [state, setState] = useState<State>('checking')
  const [isWorking, setWorking] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  useEffect(() => {
    void findState().then(setState)
  }, [])

  async function run(work: () => Promise<State>) {
    if (isWorking) return
    setWorking(true)
    setProblem(null)
    try {
      setState(await work())
    } catch (error) {
      setProblem((error instanceof Refusal && error.message) || t('failed'))
    } finally {
      setWorking(false)
    }
  }

  if (state === 'checking') return null
  return (
    <section
      aria-labelledby="notifications"
      className="flex flex-col gap-3 rounded-md border border-line bg-surface p-4"
    >
      <div>
        <h2 id="notifications" className="font-medium">
          {t('title')}
        </h2>
        <p className="text-meta text-muted">{state === 'unsupported' ? t('unsupported') : t('hint')}</p>
      </div>
      <div role="status" className="empty:-mt-3">
        {state === 'denied' ? <Notice meaning="warning">{t('denied')}</Notice> : null}
        {state === 'on' ? (
          <p className="flex items-center gap-2 font-medium text-success-text">
            <BellRing aria-hidden className="size-4 shrink-0" />
            {t('on')}
          </p>
        ) : null}
      </div>
      {problem ? (
        <Notice meaning="danger" role="alert">
          {problem}
        </Notice>
      ) : null}
      {state === 'off' ? (
        <Button variant="secondary" size="lg" pending={isWorking} onClick={() => run(() => turnOn(publicKey))}>
          {t('turnOn')}
        </Button>
      ) : null}
      {state === 'on' ? (
        <Button variant="ghost" pending={isWorking} onClick={() => run(turnOff)} className="min-h-11 self-start">
          {t('turnOff')}
        </Button>
      ) : null}
    </section>
  )
}

/** The server's words on why not. */
class Refusal extends Error {}

const SYNCHRONIZED_KEY = 'countersign.push-synchronized'

async function findState(): Promise<State> {
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  const registration = await navigator.serviceWorker.ready
  const subscription = await registration.pushManager.getSubscription()
  if (!subscription) return 'off'
  // The server may have dropped it, or know it as somebody else's: told once per tab.
  if (sessionStorage.getItem(SYNCHRONIZED_KEY) !== subscription.endpoint) {
    await store(subscription).catch(() => undefined)
  }
  return 'on'
}

async function turnOn(publicKey: string): Promise<State> {
  const permission = await Notification.requestPermission()
  if (permission !== 'granted') return permission === 'denied' ? 'denied' : 'off'
  const registration = await navigator.serviceWorker.ready
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  })
  await store(subscription)
  return 'on'
}

async function store(subscription: PushSubscription): Promise<void> {
  const form = new FormData()
  form.set('subscription', JSON.stringify(subscription))
  const answer = await subscribeAction(IDLE, form)
  if (answer.status !== 'done') throw new Refusal(answer.status === 'invalid' ? answer.message : '')
  sessionStorage.setItem(SYNCHRONIZED_KEY, subscription.endpoint)
}

async function turnOff(): Promise<State> {
  const registration = await navigator.serviceWorker.ready
  const subscription = await registration.pushManager.getSubscription()
  if (subscription) {
    const form = new FormData()
    form.set('endpoint', subscription.endpoint)
    const answer = await unsubscribeAction(IDLE, form)
    if (answer.status !== 'done') throw new Refusal(answer.status === 'invalid' ? answer.message : '')
    await subscription.unsubscribe()
    sessionStorage.removeItem(SYNCHRONIZED_KEY)
  }
  return 'off'
}
