import { LogOut } from 'lucide-react'
import { Button } from '@/components/ui/button'

export type SignOutProps = {
  /** Name or e-mail address of the person. */
  person: string
  action: (form: FormData) => void | Promise<void>
  label?: string
}

export function SignOut({ person, action, label = 'Sign out' }: SignOutProps) {
  return (
    <form action={action} className="flex items-center justify-between gap-2">
      <span dir="auto" className="min-w-0 truncate text-meta text-muted" title={person}>
        {person}
      </span>
      <Button type="submit" variant="ghost" size="sm" className="shrink-0 whitespace-nowrap max-lg:min-h-11">
        <LogOut aria-hidden />
        {label}
      </Button>
    </form>
  )
}
