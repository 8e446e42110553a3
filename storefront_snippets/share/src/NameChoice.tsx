import { useState } from 'preact/hooks';
import { tellName } from './app';
import { say, type Host } from './host';

/** Off until the shopper says so, and back to what it was where the app could not be told. */
export function NameChoice({ host, name }: { host: Host; name: { first: string; shown: boolean } }) {
  const [shown, setShown] = useState(name.shown);
  const [told, setTold] = useState('');

  const choose = async (wanted: boolean) => {
    setShown(wanted);
    try {
      setShown(await tellName(host, wanted));
      setTold(wanted ? 'named' : 'unnamed');
    } catch {
      setShown(!wanted);
      setTold('not_kept');
    }
  };

  return (
    <s-stack gap="small-200">
      <s-checkbox label={say(host, 'name', { name: name.first })} checked={shown} onChange={() => choose(!shown)} />
      {told && <s-text color="subdued">{say(host, told)}</s-text>}
    </s-stack>
  );
}
