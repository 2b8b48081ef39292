/** All missions, each a link to where it begins. */
import { missions } from "./missions.ts";

export function MissionsView() {
  return (
    <div class="missions">
      <h1>Missions</h1>
      <p class="lead">Goals that the page checks while you try. Nothing can break that matters.</p>
      <ul class="cards">
        {missions.map(({ name, title, why, start }) => (
          <li key={name}>
            <a class="panel card" href={start}>
              <strong>{title}</strong>
              <span>{why}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
