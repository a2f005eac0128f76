import { Notice } from '@/components/ui/notice'
import { APPLICATION_ROLE_WORDS, type ApplicationRole } from '@/lib/access/permissions'

/** Why there are no buttons. */
export function ViewerNotice({ role, act }: { role: ApplicationRole; act: string }) {
  return (
    <Notice className="mb-6">
      Your role here is {APPLICATION_ROLE_WORDS[role].label}: you can look, but not {act}. An owner or an admin of the
      application can change your role.
    </Notice>
  )
}
