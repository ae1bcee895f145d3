namespace PartnerPlatform.Identity.Provider;

/// <summary>The identity provider cannot be reached, or does not answer as one; nobody can log in there now.</summary>
internal sealed class ProviderAwayException(string message, Exception? inner = null) : Exception(message, inner);
