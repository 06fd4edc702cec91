import { Composer } from "./composer";
import { Header } from "./header";
import { LineState } from "./line_state";
import { Log } from "./log";
import { QueueCard } from "./queue_card";

export function App() {
  return (
    <>
      <Header />
      <main>
        <Log />
        <div class="dock">
          <LineState />
          <QueueCard />
          <Composer />
        </div>
      </main>
    </>
  );
}
