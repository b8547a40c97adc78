import { createFileRoute } from '@tanstack/react-router';
import { useFiles } from '~/app/me';
import { Profile } from '~/features/account/portal/profile';
import { MyHistory } from '~/features/history/portal/my-history';
import { text, whole } from '~/lib/search';
import { m } from '~/paraglide/messages';
import { Empty } from '~/ui/states';

export const Route = createFileRoute('/_in/profile/history')({
  staticData: { title: m.loan_history },
  validateSearch: (search): { file?: string; v?: number } => ({ file: text(search.file), v: whole(search.v) }),
  component: Page,
});

function Page() {
  const [first] = useFiles();
  const { file: id = first, v } = Route.useSearch();
  const navigate = Route.useNavigate();
  const onVersion = (to?: number) =>
    void navigate({ search: (before) => ({ ...before, v: to }), replace: true, resetScroll: false });
  return (
    <Profile>
      {id ? (
        <MyHistory file={{ of: 'customers', id }} v={v} onVersion={onVersion} />
      ) : (
        <Empty title={m.history_empty()}>{m.history_empty_about()}</Empty>
      )}
    </Profile>
  );
}
