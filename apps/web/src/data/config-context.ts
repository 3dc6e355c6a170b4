import { createContext } from "react";
import type { WebConfig } from "./config.ts";

export const ConfigContext = createContext<WebConfig | null>(null);
