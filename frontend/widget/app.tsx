import { Composer } from "./composer";
import { person } from "./desk";
import { Header } from "./header";
import { LineState } from "./line_state";
import { Log } from "./log";
import { QueueCard } from "./cards";

export function App() {
  return (
    <>
      <Header />
      <main>
        <Log />
        <div class="dock">
          <LineState />
          <QueueCard />
          <Composer key={person.value} />
        </div>
      </main>
    </>
  );
}
