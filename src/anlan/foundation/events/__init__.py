"""Events (事件): what happened, published with the transaction, streamed to browsers, subscribed by areas."""
