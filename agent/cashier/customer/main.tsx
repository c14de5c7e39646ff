import { render } from 'preact';
import { registerClient } from '../register-client.ts';
import { after } from '../timers.ts';
import { CustomerApp } from './customer-app.tsx';
import { startCustomerSession } from './customer-session.ts';

const root = document.getElementById('page');
if (root !== null) {
  const session = startCustomerSession({
    client: registerClient((input, init) => fetch(input, init)),
    stream: { open: (path) => new EventSource(path), after },
  });
  render(<CustomerApp session={session} />, root);
}
