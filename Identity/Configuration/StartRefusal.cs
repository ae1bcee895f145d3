namespace PartnerPlatform.Identity.Configuration;

/// <summary>Identity does not start; the message says what to change, a line for each fault.</summary>
internal sealed class StartRefusal(string message, Exception? inner = null) : Exception(message, inner);
